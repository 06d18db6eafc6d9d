"""Do the capture checks find faults by name, and leave good captures alone?"""
