"""The words of Amiss as frozen dataclasses and enums; no input or output happens here."""
