"""Views: each page of the site as a frozen value in which everything is decided; a template only prints it."""

from almanac.views.around import Around, Surroundings
from almanac.views.articles import Beside, article, articles, beside
from almanac.views.base import Site, incident_url, month_url, provider_url, site, year_url
from almanac.views.claims import claims
from almanac.views.corrections import corrections
from almanac.views.data import Data, Offer, data
from almanac.views.home import home
from almanac.views.edits import count_edit_sheets, edited_months, edits, edits_of_month, newest_edited
from almanac.views.incident import incident
from almanac.views.incidents import incidents, month, months
from almanac.views.leaderboard import boards, leaderboard
from almanac.views.measures import records
from almanac.views.pages import not_found, page
from almanac.views.provider import provider
from almanac.views.providers import provider_year, providers
from almanac.views.rows import count_sheets
from almanac.views.status import status
from almanac.views.subscribe import subscribe

from almanac.views.replay import is_replayed, replay, replay_urls
__all__ = [
    "Around",
    "Beside",
    "Data",
    "Offer",
    "CAPABILITIES",
    "Site",
    "Surroundings",
    "article",
    "articles",
    "beside",
    "boards",
    "claims",
    "corrections",
    "count_sheets",
    "data",
    "home",
    "incident",
    "incident_url",
    "incidents",
    "leaderboard",
    "count_edit_sheets",
    "month",
    "edited_months",
    "edits",
    "edits_of_month",
    "month_url",
    "months",
    "not_found",
    "page",
    "provider",
    "provider_url",
    "is_replayed",
    "provider_year",
    "providers",
    "records",
    "site",
    "newest_edited",
    "status",
    "subscribe",
    "year_url",
    "periods",
]
    "replay",
    "replay_urls",
