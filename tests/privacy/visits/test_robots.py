"""Who says that they are a robot, and who is taken for a browser."""

import pytest

from privacy.visits import robots

LINUX = "Mozilla/5.0 (X11; Linux x86_64)"


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "Blackbox Exporter/0.27.0",
        "Blackbox-Exporter/0.25.0",
        "kube-probe/1.31",
        "ELB-HealthChecker/2.0",
        "check_http/v2.4 (monitoring-plugins 2.4)",
        "GoogleHC/1.0",
        "Datadog/Synthetics",
        "NewRelicPinger/1.0 (12345)",
        "Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)",
        "Icinga/check_http (nagios-plugins 2.3.3)",
        "Gatus/1.0",
        "HAProxy",
        "Monit/5.33.0",
        "xymon xymonnet/4.3.30",
        "GPTBot/1.2",
        "curl/8.14.1",
        "python-requests/2.32.5",
        "Go-http-client/2.0",
        f"{LINUX} AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
    ],
)
def test_robots_and_monitors(user_agent):
    assert robots.is_robot(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        f"{LINUX} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 10; CUBOT P40) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
        " Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Mobile/21E236 Instagram 325.0.3.30.84 (iPhone14,5; iOS 17_4_1; fr_FR; fr; scale=3.00; 1170x2532)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Mobile/21E236 [FBAN/FBIOS;FBAV/455.0.0.36.107;FBDV/iPhone14,5;FBSN/iOS;FBLC/fr_FR]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/17.4 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
        "Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25",
        "Lynx/2.9.2 libwww-FM/2.14SSL-MM/1.4.1 OpenSSL/3.5.4",
    ],
)
def test_browsers(user_agent):
    assert not robots.is_robot(user_agent)
