"""What runs tasks: `local` on processes of this machine; the tasks of a stage; what is shown meanwhile."""
