"""The official Python SDKs as clients under test: sync and async, a class of requests and models for each site."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from contract_tests import sdk
from contract_tests.clients.adapter import Endpoint, Error, Offer, Result
from contract_tests.clients.official import knows, plain, request_of
from mockserver.contract.operations import SITES, Contract, Operation
from mockserver.store.sandboxes import Principal

_CONTRACT = Contract()


class PythonSdk:
    """``huaweicloudsdkbss`` on the China site, ``huaweicloudsdkbssintl`` on the international one."""

    name = "python-sdk"
    asynchronous = False

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str, str], sdk.Clients] = {}

    def offer(self) -> Offer:
        """Raises ``SdkMissing``."""
        for site in SITES:
            sdk.of_site(site)
        known = {site: frozenset(op.name for op in _CONTRACT if op.site == site and knows(op)) for site in SITES}
        return Offer(self.name, version("huaweicloudsdkbss"), known)

    def close(self) -> None:
        for clients in self._clients.values():
            clients.close()

    def call(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException

        described = _CONTRACT.get(endpoint.site, operation)
        assert described is not None
        try:
            response = self.answered(self._client(principal, endpoint), described, arguments)
        except ServiceResponseException as refused:
            return Error(refused.error_msg, refused.status_code, refused.error_code, refused.request_id)
        except SdkException as failure:
            return Error(str(failure))
        return Result(plain(response), response.status_code)

    def answered(self, client: Any, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        return getattr(client, operation.name)(request_of(operation, arguments))

    def _client(self, principal: Principal, endpoint: Endpoint) -> Any:
        key = (endpoint.url, principal.ak, principal.sk)
        if key not in self._clients:
            self._clients[key] = sdk.Clients(endpoint.site, endpoint.url, asynchronous=self.asynchronous)
        return self._clients[key].of(principal)


class PythonSdkAsync(PythonSdk):
    """The same with the clients whose methods return a future."""

    name = "python-sdk-async"
    asynchronous = True

    def answered(self, client: Any, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        return getattr(client, f"{operation.name}_async")(request_of(operation, arguments)).result()
