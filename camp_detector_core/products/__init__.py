"""What a run on the command line leaves: dwellings, report and picture."""
