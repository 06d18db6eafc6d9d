"""What happened: catalogue, captures, decisions and outcomes, none ever lost.

Facts are only ever added. Each transaction adds one entry to a chained audit log, which lists every
fact by its digest. No other folder holds SQL.
"""
