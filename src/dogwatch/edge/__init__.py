"""The edge camera: sensors, presence, recordings on a trigger, timelapse, archive and system of one small computer."""
