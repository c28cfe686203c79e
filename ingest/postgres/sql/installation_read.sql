select keys, sealed from installation
