"""Readers and writers: tidy folders, NetCDF, embedded worlds, and their build."""
