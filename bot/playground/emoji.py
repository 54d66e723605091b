"""The emoji that people meet most, by Slack's names; an unknown name stays as it was typed."""

import re

SHORTCODE = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?")

_TABLE = """
+1 👍  -1 👎  100 💯  1234 🔢  airplane ✈️  alarm_clock ⏰  arrow_down ⬇️  arrow_left ⬅️  arrow_lower_right ↘️
arrow_right ➡️  arrow_up ⬆️  arrow_upper_right ↗️  arrows_counterclockwise 🔄  back 🔙  balloon 🎈  bangbang ‼️
bar_chart 📊  bell 🔔  no_bell 🔕  beetle 🐞  birthday 🎂  black_circle ⚫  blue_heart 💙  blush 😊  book 📖
bookmark 🔖  books 📚  boom 💥  bug 🐛  building_construction 🏗️  bulb 💡  bust_in_silhouette 👤
busts_in_silhouette 👥  calendar 📆  calling 📲  card_index 📇  chart_with_downwards_trend 📉
chart_with_upwards_trend 📈  clap 👏  clipboard 📋  clock1 🕐  clock9 🕘  coffee ☕  cold_sweat 😰  confetti_ball 🎊
construction 🚧  credit_card 💳  cry 😢  crystal_ball 🔮  date 📅  dart 🎯  diamond_shape_with_a_dot_inside 💠
dollar 💵  e-mail 📧  ear 👂  earth_africa 🌍  email ✉️  envelope ✉️  envelope_with_arrow 📩  euro 💶
exclamation ❗  eyes 👀  facepalm 🤦  file_folder 📁  fire 🔥  flag-fi 🇫🇮  flag-no 🇳🇴  flag-se 🇸🇪  flashlight 🔦
fog 🌫️  gear ⚙️  gem 💎  gift 🎁  globe_with_meridians 🌐  green_heart 💚  grey_exclamation ❕  grey_question ❔
grin 😁  grinning 😀  hammer 🔨  hammer_and_wrench 🛠️  handshake 🤝  hash #️⃣  heart ❤️  heavy_check_mark ✔️
heavy_minus_sign ➖  heavy_plus_sign ➕  hourglass ⌛  hourglass_flowing_sand ⏳  house 🏠  hugging_face 🤗
inbox_tray 📥  information_source ℹ️  joy 😂  key 🔑  label 🏷️  large_blue_circle 🔵  large_green_circle 🟢
large_green_square 🟩  large_orange_circle 🟠  large_red_square 🟥  large_yellow_circle 🟡  large_yellow_square 🟨
link 🔗  lock 🔒  loudspeaker 📢  mag 🔍  mag_right 🔎  mailbox 📫  mega 📣  memo 📝  minus ➖  money_with_wings 💸
moneybag 💰  muscle 💪  mute 🔇  new 🆕  no_entry ⛔  no_entry_sign 🚫  neutral_face 😐  office 🏢  ok ✅  ok_hand 👌
open_file_folder 📂  orange_heart 🧡  outbox_tray 📤  package 📦  page_facing_up 📄  paperclip 📎
partly_sunny ⛅  party_popper 🎉  partying_face 🥳  pencil 📝  pencil2 ✏️  phone ☎️  point_down 👇  point_left 👈
point_right 👉  point_up ☝️  pray 🙏  purple_heart 💜  pushpin 📌  question ❓  rage 😡  rainbow 🌈  raised_hands 🙌
recycle ♻️  red_circle 🔴  relaxed ☺️  repeat 🔁  robot_face 🤖  rocket 🚀  rotating_light 🚨  round_pushpin 📍
runner 🏃  scales ⚖️  seedling 🌱  shield 🛡️  simple_smile 🙂  slightly_frowning_face 🙁  slightly_smiling_face 🙂
small_blue_diamond 🔹  small_orange_diamond 🔸  small_red_triangle 🔺  small_red_triangle_down 🔻  smile 😄
smiley 😃  snowflake ❄️  sob 😭  sos 🆘  sparkles ✨  speech_balloon 💬  star ⭐  star2 🌟  stopwatch ⏱️  sunglasses 😎
sunny ☀️  sunrise 🌅  sweat_smile 😅  tada 🎉  telephone_receiver 📞  thinking_face 🤔  thumbsdown 👎  thumbsup 👍
timer_clock ⏲️  toolbox 🧰  trophy 🏆  umbrella ☔  unlock 🔓  warning ⚠️  wastebasket 🗑️  wave 👋
white_check_mark ✅  white_circle ⚪  wink 😉  wrench 🔧  x ❌  yellow_heart 💛  zap ⚡  zzz 💤
"""
_WORDS = _TABLE.split()
GLYPHS = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def with_glyphs(text: str) -> str:
    """Replace `:name:` by its character; a name that is not in the table stays."""
    return SHORTCODE.sub(lambda found: GLYPHS.get(found[1], found[0]), text)
