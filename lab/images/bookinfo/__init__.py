"""The lab's stand-in for Istio's Bookinfo images. It is not Istio's program.

Where no container registry answers, the lab preloads this under the names of the six
Bookinfo images. It answers the same paths with the same JSON (the texts are its own), so
that traffic management has real services to manage. Every answer carries the header
``x-bookinfo: stand-in``, so that nobody takes one for the other.

Owns what the services answer and how they serve. Does not own how it becomes an image:
``lab.images`` does. Standard library only, relative imports only: in the image it stands
alone, without this project.
"""
