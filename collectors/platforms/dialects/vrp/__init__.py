"""Huawei VRP, and what Comware shares with it."""
