"""What runs inside ArcGIS Pro; packages carry these files, and nothing imports them here."""
