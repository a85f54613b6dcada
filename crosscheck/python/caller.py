"""
Calls services with botocore, one call for each line of stdin: {service, operation, input, endpoint?}; `{"$base64": "..."}` in it is
bytes. With `only: "request"` the request is checked and not sent; with `only: "enum"` the values of the shape `operation` are given.
Answers each with a line {outcome, request, reply}: what came of it, and what botocore's model says against the request as it
was asked for and the reply as it came over the wire. Takes the endpoint and credentials from the environment, as every AWS tool.
"""

import base64
import datetime
import io
import json
import sys

import botocore.parsers
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

import shapes

# What the documentation of every service lists as common errors, beside those that the protocol itself needs.
COMMON_ERRORS = {
    'AccessDenied', 'AccessDeniedException', 'ExpiredTokenException', 'IncompleteSignature', 'InternalFailure', 'InternalError', 'InvalidAction',
    'InvalidClientTokenId', 'InvalidParameterCombination', 'InvalidParameterValue', 'MalformedQueryString', 'MissingAction',
    'MissingParameter', 'NotAuthorized', 'OptInRequired', 'RequestExpired', 'SerializationException', 'ServiceUnavailable', 'Throttling',
    'ThrottlingException', 'UnknownOperationException', 'ValidationError', 'ValidationException',
}
# S3 documents its errors in one list for all operations, and hardly any in the model. The answer to a HEAD has only a status.
S3_ERRORS = {'404', 'BucketAlreadyOwnedByYou', 'BucketNotEmpty', 'NoSuchBucket', 'NoSuchKey', 'NotImplemented', 'PreconditionFailed'}


class Caller:
    def __init__(self):
        self.session = botocore.session.get_session()
        self.clients = {}
        self.http = URLLib3Session()
        self.seen = None

    def client(self, service, endpoint=None):
        if (service, endpoint) not in self.clients:
            config = Config(parameter_validation=False, retries={'total_max_attempts': 1}, s3={'addressing_style': 'path'})
            client = self.session.create_client(service, config=config, endpoint_url=endpoint)
            client.meta.events.register('before-send.*.*', self.send)
            self.clients[service, endpoint] = client
        return self.clients[service, endpoint]

    def send(self, request, **_):
        """In botocore's place, to see the reply before it is parsed."""
        self.seen = self.http.send(request)
        self.seen.raw = io.BytesIO(self.seen.content)  # read once already: what is streamed must be read again
        return self.seen

    def answer(self, question):
        service, operation, parameters = question['service'], question['operation'], question['input']
        if question.get('only') == 'enum':
            return {'values': self.client(service).meta.service_model.shape_for(operation).enum}
        client = self.client(service, question.get('endpoint'))
        model = client.meta.service_model.operation_model(operation)
        request = shapes.problems(shapes.by_wire_name(parameters, model.input_shape), model.input_shape, 'input') if model.input_shape else []
        return {'request': request} if question.get('only') == 'request' else {'request': request, **self.call(client, model, parameters)}

    def call(self, client, model, parameters):
        self.seen = None
        try:
            output = client._make_api_call(model.name, parameters)
            output.pop('ResponseMetadata', None)
            outcome = {'output': {name: drained(member) for name, member in output.items()}}
        except ClientError as error:
            outcome = {'error': error.response['Error']}
        except Exception as error:  # an answer that botocore cannot read
            outcome = {'unreadable': f'{type(error).__name__}: {error}'}
        status = self.seen.status_code if self.seen is not None else None
        reply = [] if self.seen is None else self.reply_problems(client.meta.service_model, model, self.seen)
        return {'outcome': outcome, 'status': status, 'reply': reply}

    def reply_problems(self, service, model, response):
        if response.status_code >= 300:
            return error_problems(service, model, response)
        protocol, shape = service.resolved_protocol, model.output_shape
        if shape is None:
            return []
        if protocol == 'json':
            return shapes.problems(json.loads(response.content), shape, 'output')
        parsed = botocore.parsers.create_parser(protocol).parse(
            {'status_code': response.status_code, 'headers': response.headers, 'body': response.content, 'context': {}}, shape)
        parsed.pop('ResponseMetadata', None)
        found = shapes.problems(shapes.by_wire_name(parsed, shape), shape, 'output')
        if protocol in ('query', 'rest-xml') and response.content and 'payload' not in shape.serialization:
            found += shapes.unknown_elements(response.content, shape, shape.serialization.get('resultWrapper'))
        return found


def error_problems(service, model, response):
    parsed = botocore.parsers.create_parser(service.resolved_protocol).parse(
        {'status_code': response.status_code, 'headers': response.headers, 'body': response.content, 'context': {}}, model.output_shape)
    code = parsed.get('Error', {}).get('Code', '')
    declared = {shape.metadata.get('error', {}).get('code', shape.name): shape for shape in model.error_shapes}
    if code not in declared:
        known = code in COMMON_ERRORS or (service.service_name == 's3' and code in S3_ERRORS)
        return [] if known else [f'error {code}: neither declared for {model.name} nor common']
    if service.resolved_protocol != 'json':
        return []
    body = json.loads(response.content)
    body.pop('__type', None)
    return shapes.problems(body, declared[code], f'error {code}')


def drained(value):
    """A body that is a stream, as text."""
    return value.read().decode('utf-8', 'replace') if hasattr(value, 'read') else value


def from_json(item):
    return base64.b64decode(item['$base64']) if set(item) == {'$base64'} else item


def to_json(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, set):
        return sorted(value)
    raise TypeError(f'{type(value).__name__} in an answer')


def main():
    caller = Caller()
    for line in sys.stdin:
        question = json.loads(line, object_hook=from_json)
        try:
            answer = caller.answer(question)
        except Exception as error:
            answer = {'failed': f'{type(error).__name__}: {error}'}
        print(json.dumps(answer, default=to_json), flush=True)


if __name__ == '__main__':
    main()
