"""A conversation that providers of every dialect play alike: two calls at once, then a third, then the answer. Each fake
reads what it is sent by its own dialect's rules, refuses what its API would refuse, and notes which of the proofs it
gave (signatures of thinking) have come back.

    user       How warm is it in Paris, Oslo and Rome?
    assistant  (thinks) Let me look.  get_weather Paris, get_weather Oslo
    tool       21 / -3
    assistant  (thinks) get_weather Rome
    tool       25
    assistant  Paris 21, Oslo -3, Rome 25.
"""
from support.tool_loop.anthropic import Anthropic
from support.tool_loop.bedrock import Bedrock
from support.tool_loop.cohere import Cohere
from support.tool_loop.conversation import ANSWER, DEGREES, QUESTION, SCHEMA, SYSTEM
from support.tool_loop.gemini import Gemini
from support.tool_loop.ollama import Ollama
from support.tool_loop.openai_chat import OpenAIChat
from support.tool_loop.openai_responses import OpenAIResponses

__all__ = ["ANSWER", "DEGREES", "QUESTION", "SCHEMA", "SYSTEM", "Anthropic", "Bedrock", "Cohere", "Gemini", "Ollama",
           "OpenAIChat", "OpenAIResponses"]
