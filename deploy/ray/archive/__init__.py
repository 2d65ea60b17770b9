"""An archive of recordings, transcribed by servers on many machines."""
