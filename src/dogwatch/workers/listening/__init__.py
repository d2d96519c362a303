"""The listening process: tells the sounds of all cameras apart with a model of the user's."""
