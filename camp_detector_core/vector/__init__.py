"""Vector files, read and written under the very names that a user gives."""
