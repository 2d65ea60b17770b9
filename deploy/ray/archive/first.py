"""Waits for the first answer of any server: until then, the address may be wrong."""


class FirstAnswer:
    """Until a server has answered, recordings whose nodes found none are kept. Then they can be handed out again."""

    def __init__(self):
        self.is_here = False
        self.kept = []
        #: Why the last of them found none.
        self.reason = ""

    def takes(self, recording, outcome):
        """Whether a recording is kept."""
        self.is_here = self.is_here or outcome.is_answered
        if outcome.kind != "unanswered":
            return False
        self.kept.append(recording)
        self.reason = outcome.content
        return True

    def again(self):
        """The recordings that are to be handed out again now."""
        if not self.is_here:
            return []
        kept, self.kept = self.kept, []
        return kept
