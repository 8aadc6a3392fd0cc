"""Serves one data folder of Milvus Lite on 127.0.0.1: milvus-lite-server.py DATA_DIR PORT PARENT_PID

Prints "READY <port>" when it answers. Ends on SIGTERM and when its parent ends. Exit codes: 97 the folder is in use,
98 the port is in use. The port is bound exclusively: by default gRPC lets two servers share one port, and each would
answer half of the requests from its own folder.
"""

import os
import signal
import sys
import threading
from concurrent import futures

import grpc
from milvus_lite.adapter.grpc.servicer import MilvusServicer
from milvus_lite.db import MilvusLite
from milvus_lite.exceptions import DataDirLockedError
from pymilvus.grpc_gen import milvus_pb2_grpc

MAX_MESSAGE_BYTES = 256 * 1024 * 1024


def main() -> int:
    data_dir, port, parent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    # Ctrl-C reaches the whole process group; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        database = MilvusLite(data_dir)
    except DataDirLockedError as error:
        print(error, file=sys.stderr)
        return 97
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=10),
        options=[
            ("grpc.so_reuseport", 0),
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ],
    )
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(MilvusServicer(database), server)
    try:
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        print(error, file=sys.stderr)
        database.close()
        return 98
    server.start()
    print(f"READY {bound}", flush=True)
    while not ended.wait(0.5):
        if os.getppid() != parent:
            break
    server.stop(5).wait()
    database.close()
    return 0


sys.exit(main())
