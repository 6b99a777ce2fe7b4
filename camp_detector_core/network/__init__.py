"""The network in torch: U-Net, output channels, and its exports."""
