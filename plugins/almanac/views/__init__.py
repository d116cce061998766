"""Views: each page of the site as a frozen value in which everything is decided; a template only prints it."""

from almanac.views.around import Around, Surroundings
from almanac.views.articlepicture import ArticlePicture
from almanac.views.articlepicture import picture as article_picture
from almanac.views.articles import Beside, article, articles, beside, filled
from almanac.views.backups import Advice, advice, tested
from almanac.views.backups import page as backups
from almanac.views.backups import slugs as backup_slugs
from almanac.views.base import PICTURE, Site, incident_url, month_url, provider_url, site, year_url
from almanac.views.claims import claims
from almanac.views.codebook import codebook
from almanac.views.compare import PairVerdict, Sides, compare, compared, verdict_of, verdicts
from almanac.views.comparisons import comparisons, comparisons_of
from almanac.views.component import ComponentNow, ComponentPage, all_parts, component
from almanac.views.component import now as component_now
from almanac.views.corrections import corrections
from almanac.views.data import Data, Offer, data, released
from almanac.views.edits import edit_pages, edited_months, edits, edits_of_month, newest_edited
from almanac.views.forecast import forecast
from almanac.views.home import home
from almanac.views.imprint import imprint, own_links
from almanac.views.incident import incident, incident_urls
from almanac.views.incidents import incidents, month, months
from almanac.views.leaderboard import Board, board, boards, leaderboard, periods, trends
from almanac.views.measures import closed, closed_at, records, whole_days
from almanac.views.numbers import all_figures, numbers, recent_figures
from almanac.views.pages import not_found, page
from almanac.views.pairs import in_comparison
from almanac.views.provider import Figures, ProviderPage, figures, lately, provider
from almanac.views.providers import by_year, provider_year, providers
from almanac.views.replay import ReplayState, is_replayed, replay, replay_urls, states
from almanac.views.schema import picture, structured
from almanac.views.search import search
from almanac.views.status import status
from almanac.views.subscribe import subscribe
