"""The kinds of packaging that the simulator can make."""
