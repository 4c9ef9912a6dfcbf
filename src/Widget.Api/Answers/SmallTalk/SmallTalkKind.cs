namespace Widget.Api.Answers.SmallTalk;

/// <summary>
/// What a message says that asks nothing about the company. A message of several kinds gets the reply of the last one in this order:
/// "Hi, thanks, can I talk to a person?" is <see cref="Person"/>.
/// </summary>
public enum SmallTalkKind
{
    Greeting,

    /// <summary>"Great", "ok".</summary>
    Praise,

    Thanks,
    Goodbye,

    /// <summary>Asks whether this is a machine, or what it can do.</summary>
    AboutAssistant,

    /// <summary>Asks for a person or a call back, or complains of the assistant.</summary>
    Person,

    /// <summary>Leaves the visitor's own phone number or e-mail address.</summary>
    Contact,

    /// <summary>Complains of the company.</summary>
    Complaint,
}
