"""The lab: a real one-node Kubernetes without Docker, on one Linux machine.

Owns the toolchain, the images and the node, and hands over a kubeconfig. It knows
nothing of Pulumi programs: what is deployed to it is somebody else's business.
"""
