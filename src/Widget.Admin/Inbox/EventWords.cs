using Microsoft.Extensions.Localization;
using Widget.Admin.Parts;
using Widget.Contracts;

namespace Widget.Admin.Inbox;

/// <summary>What an event of a conversation says to staff, in one sentence. Messages have their own text.</summary>
public sealed class EventWords(IStringLocalizer<InboxTexts> texts, ViewerTime time, QuestionWords questions)
{
    public string Of(ConversationEvent entry) => entry switch
    {
        PersonRequested { ByAssistant: true } => texts["event.requestedByAssistant"],
        PersonRequested { Message: { Length: > 0 } message } => Format("event.requestedWith", message),
        PersonRequested => texts["event.requested"],
        PersonJoined joined => Format("event.joined", joined.Name),
        PersonLeft { Reason: PersonLeftReason.NoReply } => texts["event.noReply"],
        PersonLeft { Reason: PersonLeftReason.Transferred } left => Format("event.transferred", left.Name),
        PersonLeft { Reason: PersonLeftReason.Closed, Name: { } name } => Format("event.closedBy", name),
        PersonLeft { Reason: PersonLeftReason.Closed } => texts["event.closed"],
        PersonLeft left => Format("event.returned", left.Name),
        AssistantChosen => texts["event.assistantChosen"],
        ContactGiven contact => Format("event.contact", Joined(contact.Name, contact.Email, contact.Phone)),
        ContactDeclined => texts["event.contactDeclined"],
        QualificationAnswered answered =>
            Format("event.answered", string.Join(" · ", answered.Answers.Select(answer => Answer(answer.Key, answer.Value.ToString())))),
        MeetingBooked meeting => Format("event.meetingBooked", time.Full(meeting.Start), meeting.RepName),
        MeetingRescheduled meeting => Format("event.meetingMoved", time.Full(meeting.Start), meeting.RepName),
        MeetingCancelled meeting => Format("event.meetingCancelled", time.Full(meeting.Start), meeting.RepName),
        MessageRated { Rating: Rating.Up } => texts["event.ratedUp"],
        MessageRated { Rating: Rating.Down, Comment: { Length: > 0 } comment } => Format("event.ratedDownWith", comment),
        MessageRated { Rating: Rating.Down } => texts["event.ratedDown"],
        MessageRated => texts["event.ratingWithdrawn"],
        DemoShown => texts["event.demoShown"],
        PricesShown => texts["event.pricesShown"],
        VoiceCallStarted => texts["event.voiceStarted"],
        VoiceCallEnded call => Format("event.voiceEnded", Length(call.Seconds)),
        TavusConversationEnded call => Format("event.videoEnded", Length(call.Seconds)),
        CallInvited call => Format("event.callInvited", call.Name),
        CallEnded { Reason: "refused" } => texts["event.callRefused"],
        CallEnded { Seconds: 0 } => texts["event.callMissed"],
        CallEnded call => Format("event.callEnded", Length(call.Seconds)),
        ToolCalled { Success: true } tool => Format("event.toolUsed", tool.Name),
        ToolCalled tool => Format("event.toolFailed", tool.Name),
        AgentChosen { Chosen.Name: { } agent } => Format("event.agentChosen", agent),
        AgentChosen => texts["event.assistantChosen"],
        KnowledgeShown => texts["event.knowledgeShown"],
        VisitorMessage message => message.Text.Length > 0 ? message.Text : texts["file"],
        PersonMessage message => $"{message.Name}: {message.Text}",
        _ => texts["event.other"],
    };

    public static string Icon(ConversationEvent entry) => entry switch
    {
        PersonRequested => "front_hand",
        PersonJoined => "person",
        PersonLeft => "logout",
        AssistantChosen => "smart_toy",
        ContactGiven or ContactDeclined => "contact_mail",
        QualificationAnswered => "checklist",
        MeetingEvent => "event",
        MessageRated { Rating: Rating.Down } => "thumb_down",
        MessageRated => "thumb_up",
        VoiceCallStarted or VoiceCallEnded => "call",
        TavusConversationEnded or CallInvited or CallEnded => "videocam",
        ToolCalled => "build",
        VisitorMessage or PersonMessage => "chat",
        _ => "info",
    };

    private string Answer(string key, string value)
    {
        var question = questions.Question(key);
        return $"{question}{(question.EndsWith('?') ? "" : ":")} {questions.Answer(key, value)}";
    }

    private string Format(string key, params object?[] values) => string.Format(texts[key], values);

    private static string Joined(params IEnumerable<string?> parts) => string.Join(", ", parts.OfType<string>());

    private static string Length(int seconds) => TimeSpan.FromSeconds(seconds).ToString(seconds >= 3600 ? @"h\:mm\:ss" : @"m\:ss");
}
