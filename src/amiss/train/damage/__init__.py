"""The damage model: small heads on the frozen encoder, with and without references."""
