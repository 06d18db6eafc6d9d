"""Other encoders: any backbone of timm, as it is or trained further on labelled views."""
