"""Gateways: doors to the hub. Each turns bytes into requests and writes what the hub tells; none knows another."""
