"""The proxy of QGIS' settings, as programs outside of QGIS know it."""

from __future__ import annotations

from urllib.parse import quote

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

_ANYWHERE = "https://example.org/"
_KINDS = QNetworkProxy.ProxyType


def environment() -> dict[str, str]:
    """Variables that name the proxy; none where QGIS uses none.

    A password is not put on a command line, where others on the machine could read it.
    """
    manager = QgsNetworkAccessManager.instance()
    proxy = manager.fallbackProxy()
    if proxy.type() == _KINDS.DefaultProxy:
        proxies = QNetworkProxyFactory.systemProxyForQuery(QNetworkProxyQuery(QUrl(_ANYWHERE)))
        proxy = proxies[0] if proxies else proxy
    address = _address(proxy)
    if not address:
        return {}
    out = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), address)
    direct = [QUrl(u).host() or u for u in (*manager.excludeList(), *manager.noProxyList()) if u]
    if direct:
        out["NO_PROXY"] = out["no_proxy"] = ",".join(dict.fromkeys(direct))
    return out


def _address(proxy: QNetworkProxy) -> str:
    schemes = {_KINDS.HttpProxy: "http", _KINDS.HttpCachingProxy: "http"}
    schemes[_KINDS.Socks5Proxy] = "socks5"
    scheme = schemes.get(proxy.type())
    if scheme is None or not proxy.hostName():
        return ""
    login = ""
    if proxy.user():
        login = f"{quote(proxy.user(), safe='')}:{quote(proxy.password(), safe='')}@"
    port = f":{proxy.port()}" if proxy.port() else ""
    return f"{scheme}://{login}{proxy.hostName()}{port}"
