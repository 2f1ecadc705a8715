"""The turn engine: when a bot speaks, why it is silent, and how its talk with other bots ends. Pure: no I/O, no clock."""
