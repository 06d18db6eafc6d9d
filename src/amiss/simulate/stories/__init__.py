"""The script of the recorded booth: its products, its booths, and what comes onto its tray."""
