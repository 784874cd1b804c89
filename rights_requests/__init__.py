"""What people ask and what staff decide: the room above the register, with its door open."""
