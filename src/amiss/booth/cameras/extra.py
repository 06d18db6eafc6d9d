"""What to say where a camera's library is not there."""

MISSING = "{} need {}, which is not installed; run: pip install 'amiss[cameras]'."
