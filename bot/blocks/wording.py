"""What each expected error says to the person: what is wrong, and what to do."""

from __future__ import annotations

from bot.blocks.words import Words, speak
from bot.errors import UserError

SENTENCES = {
    "guest": "This is for members of this Slack workspace. Guests have no access to client data.",
    "outsider": "This is for members of this Slack workspace. People of other companies have no access to client data.",
    "no_seat": "You need a seat to work with clients here. Ask {who} for one.",
    "no_settings": "That takes the right to manage customer success settings, and a seat. Ask {who}.",
    "no_super_admin": "Only a super admin can do that. Ask {who}.",
    "super_admin_taken": "There is a super admin by now: ask them.",
    "no_slack_admin": "Only an owner or admin of this Slack workspace can become the first super admin.",
    "last_super_admin": "Somebody must be super admin: make another one first.",
    "no_seat_admin": "You need a seat to see clients here. As a super admin you can give yourself one.",
    "seat_asked": "You have asked {who} already. Ask again tomorrow.",
    "seat_nobody": "Nobody is super admin here, so nobody can give you a seat yet.",
    "address_bound": "This address belongs to somebody by now. Look at the people again.",
    "address_free": "This address is nobody's by now. Look at the people again.",
    "address_stranger": "Only a full member of this Slack workspace can be a CSM.",
    "person_gone": "This person is not a full member of this Slack workspace.",
    "look_no_seat": "To look at a CS workspace as somebody else, you need a seat yourself.",
    "team_gone": "This team is no longer there. Look at the teams again.",
    "team_changed": "{team} was changed meanwhile. Look at the teams again, and then change it.",
    "team_read_only": (
        "{team} comes from {source}. Change it there, and import that again. "
        "Once {source} names it no longer, it can be changed and removed here."
    ),
    "team_no_name": "Give it a name of letters or digits.",
    "team_long_name": "A name has at most {limit} characters.",
    "team_taken": "There is a team {team} already.",
    "team_in_data": (
        "Clients name {team} in their column team, so it would come back. Change clients.csv and import that first."
    ),
    "team_leads_outside": "Who leads the team must be among its people.",
    "team_primary_outside": "Whose primary team it is must be among its people.",
    "team_too_many": "At most {limit} people can be chosen here. Larger teams are imported.",
    "team_stranger": "Only full members of this Slack workspace can be in a team. That is not: {who}",
    "team_country": "That is no country. Give its two letters, such as NO or FI.",
    "team_time_zone": "That is no time zone. They are named like Europe/Oslo.",
    "workspace_too_old": "It is done. This message is too old to be replaced. Type: {command}",
    "workspace_word": "There is no {command} {word}. What there is: {command} help",
    "workspace_gone": "This CS workspace was deleted meanwhile. Nothing was changed.",
    "workspace_primary": "The primary CS workspace always stays. Its name and settings can be changed.",
    "workspace_no_name": "Give it a name of letters or digits.",
    "workspace_too_long": "{length} characters are too many: at most {limit}.",
    "workspace_taken": "There is a CS workspace {workspace} already. Choose another name.",
    "workspace_too_many": "There are {limit} CS workspaces beside the primary one, and more there cannot be.",
    "workspace_team_gone": "One of these teams is no longer there. Take it out, or choose again.",
    "workspace_team_taken": "{team} is in {workspace} by now, and a team can be in one CS workspace only.",
    "workspace_property_gone": "This property is no longer there. Choose another one.",
    "workspace_pipeline_gone": "One of these pipelines is no longer there. Choose again.",
    "workspace_default_pipeline": "{pipeline} is not among the chosen pipelines. Choose one of them, or none.",
    "workspace_changed": "{workspace} was changed meanwhile. Look at it again before you delete it.",
    "workspace_form_full": "That is too much to be kept while you look at another tab. Save first.",
    "workspace_not_understood": "Tick the box: deleting a CS workspace cannot be undone.",
    "objects_twice": "An object can stand for one thing only.",
    "objects_too_many": "Choose at most {limit} objects.",
    "object_gone": "This object has no records. Choose another one.",
    "objects_changed": "Somebody else changed the objects meanwhile. Open them again to see how they are now.",
    "not_installed": "The bot is not set up for this Slack workspace. Whoever runs it: engagement-bot doctor",
    "client_gone": "This client is no longer there. Look it up again: {command} and its name.",
    "tool_gone": "This tool is no longer there. Open the details again.",
    "mark_needless": "There is nothing to mark of {tool} now: its use is measured, or this client does not have it.",
    "catalog_refused": "The catalog cannot be used: {file}, line {line}: {problem}. Tell whoever runs the bot.",
    "mapping_refused": "The mapping cannot be used: {file}, line {line}: {problem}. Tell whoever runs the bot.",
    "import_day": "It is not imported: {problem}.",
    "import_gone": "The files were gone before they could be imported.",
    "import_given_up": "It could not be imported, in several attempts. Tell whoever runs the bot: the log says more.",
    "upload_files": "Choose 1 to {limit} files.",
    "upload_no_csv": "{file} is no CSV file. Save it as “CSV UTF-8”.",
    "upload_too_large": "{file} is larger than {limit} MB. Whoever runs the bot can import it.",
    "upload_empty": "{file} is empty.",
    "upload_twice": "{file} is there twice.",
    "upload_unknown": "{file} says nothing to the bot. Name it after its contents ({known}), or add a mapping (.toml).",
    "upload_mappings": "Choose one mapping (.toml) at most.",
    "upload_only_mapping": "A mapping alone imports nothing: choose the files with it.",
    "upload_login": (
        "Slack gave a login page in place of {file}. The app may need the scope files:read: "
        "whoever runs the bot sees it by engagement-bot doctor."
    ),
    "upload_elsewhere": "{file} does not lie at Slack, so it was not fetched.",
    "upload_not_got": "{file} could not be fetched from Slack ({code}). Upload it again.",
    "opportunity_gone": "That opportunity is no longer there, or was answered meanwhile. Look again: {command}",
    "activity_no_client": "Choose a client from the list.",
    "activity_client_gone": "This client is no longer there, or not yours to see. Choose another one.",
    "activity_logged": "It was logged already, and nothing was logged twice.",
    "task_gone": "This task is no longer there, or not yours to change. Look at your tasks again.",
    "task_of_another": "{person} has this task by now: it is not yours to change. Look at your tasks again.",
    "task_client_gone": "This task's client is no longer there, or no longer yours to see. Nothing was changed.",
    "task_changed": "This task was changed or done meanwhile. Look at your tasks again, and then change it.",
    "tasks_too_old": "It is done. Your list of tasks is too old to be replaced. Type: {command}",
    "task_logged": "Logged on {client}: {title}",
    "task_no_title": "Say in a few words what is to be done.",
    "task_no_day": "Choose the day when it is due.",
    "task_no_assignee": "Choose who is to do it.",
    "task_stranger": "A task is given to full members of this Slack workspace only.",
    "task_no_seat": "{person} has no seat, so no task can be given to them.",
    "task_unseen": "{person} does not see this client, so its task cannot be given to them.",
    "note_left": "Your note is on {client} now.",
    "note_empty": "Write something down first.",
    "card_too_old": "It is done. This card is too old to be replaced. Look it up again: {command} and the name.",
    "list_gone": "This list is no longer yours to page. Make a new one: {command}",
    "list_too_old": "Your list is too old to be replaced. Type: {command} {filter}",
    "form_gone": "This form is of an earlier version of the bot. Close it and open it again.",
    "view_gone": "This view is no longer there, or no longer yours to see.",
    "view_not_yours": "Only {person}, who saved it, or the team's lead can change {view}.",
    "view_changed": "{view} was changed meanwhile. Look at your saved views again, and then change it.",
    "view_names_gone": (
        "The view {view} cannot be shown: {word} is no longer there. Delete the view, and save a list without that."
    ),
    "view_taken": "There is a view {view} already. Choose another name, or delete that one.",
    "view_no_name": "Give it a name of letters or digits.",
    "view_too_many": "You have saved {limit} views, and more there cannot be. Delete one first.",
    "views_too_old": "It is done. This list of views is too old to be replaced. Type: {command} views",
    "filter_unknown_view": "No saved view is called {word}. To see them all, type views instead.",
    "export_gone": "The list that you exported is no longer yours to see. Make a new one and export that.",
    "export_refused": "Your file could not be sent: Slack refused it ({code}). Tell whoever runs the bot.",
    "export_failed": "Your file could not be sent, in several attempts. Export the list again.",
    "export_doubtful": "It is not known whether your file was sent. If it is not here, export the list again.",
    "filter_no_team": "You are in no team yet. Try team:all, or csm:me.",
    "filter_unknown_csm": "Nobody with the address {word} is known. Check the spelling, or try csm:nobody.",
    "filter_no_asker": "{word} depends on who asks, and on the command line nobody does. Write, for example, {meant}",
    "filter_unknown_team": "No team is called {word}. Try team:all.",
    "filter_team_gone": "This team is no longer there. Choose another one.",
    "filter_no_address": "No e-mail address is known of this person, so no client can name them as CSM.",
    "filter_meant": "Not understood: {word} → {meant}?",
    "filter_unknown": "{word} is not a filter. There are: {options}. A client's name with a colon goes in quotes.",
    "filter_value": "Not understood: {word}. After {name}: {options}.",
    "filter_empty": "What should {name}: be? For example {meant}",
    "filter_csm": "Not understood: {word}. After csm: me, nobody, or an e-mail address.",
    "filter_out_of_range": "{word} is out of range: {name} goes from {low} to {high}.",
    "filter_twice": "{name} is there twice: {first} and {second}. Keep one of them.",
    "filter_quote": "The quotation mark is not closed: {word}",
    "filter_too_long": "{name}: takes at most {limit} characters. Shorten it.",
    "filter_too_much": "That is too long for filters: at most {limit} characters.",
}
UNEXPECTED = (
    "Something went wrong, and it has been logged as {reference}. "
    "Try again; if it stays, give that to whoever runs the bot."
)


def say(key: str, words: Words | None = None, /, **values: object) -> str:
    """The sentence of an error's key, with its values put in. A key without one is a mistake here: KeyError."""
    return (words or speak())(SENTENCES[key], **values)


def explain(error: UserError, words: Words | None = None) -> str:
    return say(error.key, words, **error.values)
