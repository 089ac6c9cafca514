"""Who gets into the desk: passwords, second factors, and how often they may be tried."""
