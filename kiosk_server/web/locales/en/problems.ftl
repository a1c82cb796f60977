# Problems told on pages that no surface words more closely.
problem-internal = Something failed here and was not done. Nothing of yours is lost; please try again.
problem-invalid = Some entries are not right. Please look at the marked places.
problem-not-found = This page was not found.
problem-refused = This cannot be done here.
problem-conflict = This cannot be done in the present state. Please look at the step before.
problem-wrong-state = This step has been done already, or is not open yet.
problem-too-many = Tried too often. Please wait a while and try again.
problem-unavailable = A system that is needed does not answer now. Please try again later.
problem-bad-request = What was sent cannot be read. Please begin this step again.
problem-method-not-allowed = This address cannot be used in this way.
problem-too-large = The file is too large.
problem-media-type-unknown = This kind of file cannot be read here.
problem-form-expired = This page was open too long. Please open it again from the page before.
problem-sign-in-needed = Please sign in first.
problem-what-next = For help, call { $phone }.
problem-reference = When you report it, say this number:
problem-way-out = To the first page
