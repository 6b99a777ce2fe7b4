"""PostgreSQL, SeaweedFS and MLflow as ordinary processes of one folder.

Standard library alone: the three programs are started, never imported.
"""
