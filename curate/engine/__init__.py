"""What runs tasks: `local` on processes of this machine."""
