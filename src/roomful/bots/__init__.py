"""The bot host: AI participants, which are clients like everybody else. Uses client/ and models/, never the hub."""
