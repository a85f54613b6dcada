"""The operations of the named service that moto has, as a JSON list."""

import json
import sys

import botocore.session
from botocore import xform_name
from moto.backends import get_backend


def operations(service):
    model = botocore.session.get_session().get_service_model(service)
    backend = type(get_backend(service)['123456789012']['us-east-1'])
    responses = __import__(f'moto.{service}.responses', fromlist=['responses'])
    handlers = {name for each in vars(responses).values() if isinstance(each, type) for name in vars(each)}
    return [name for name in model.operation_names if xform_name(name) in handlers and hasattr(backend, xform_name(name))]


print(json.dumps(operations(sys.argv[1])))
