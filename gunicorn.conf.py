"""How gunicorn serves the program, wherever it is started from the project's folder."""

# Browsers open spare connections and say nothing on them: a worker without threads would wait for
# one until it is killed, and answer nobody meanwhile. A thread gives a silent one up in 5 seconds.
threads = 8
# it would lie in the home folder
control_socket_disable = True
