// Only for its custom resources: its controllers need images and a database.
module example.com/katib

go 1.26.8

require github.com/kubeflow/katib v0.19.0
