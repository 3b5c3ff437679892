"""Rooms, memberships, roles, bans, invites and presence."""
