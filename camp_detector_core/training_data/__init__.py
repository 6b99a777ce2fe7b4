"""Export of training data: imagery, dwellings and reviewed area as a folder to train on.

The folder is what ``python -m training adapt --data`` takes, and its places file is what ``train
--places`` takes. Hosts carry these modules: they read and write through ports.
"""
