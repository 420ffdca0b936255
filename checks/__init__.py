"""The post's "Testing your deployment", for any cluster: ``python -m checks``.

Owns the measurement: requests from the sleep pod, straight to the Service and through the
ingress gateway, who answered them, and whether that is what the weights promise. It does not
own what is measured: it needs a kubeconfig and the stack's outputs (or flags), creates
nothing in the cluster and changes nothing there.

https://istio.io/latest/blog/2018/incremental-traffic-management/#testing-your-deployment
"""
