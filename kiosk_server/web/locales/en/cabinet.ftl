# Cabinet, loudspeaker, the card left on the reader
staff-device-cabinet = Cabinet
staff-device-speaker = Loudspeaker
staff-trouble-door-open = Door open without the maintenance key
staff-trouble-key-turned = Maintenance key still turned
staff-trouble-on-battery = Mains lost, on battery
staff-trouble-card-left = A card lies on the reader, its owner is called
staff-trouble-card-forgotten = A forgotten card lies on the reader
staff-detail-celsius = Inside (°C)
staff-detail-cards-forgotten = Cards forgotten since start
staff-detail-prompts = Spoken prompts
staff-detail-recorded = Recorded by people
staff-detail-stand-in = Stand-in voice
